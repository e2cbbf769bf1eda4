-- What an installation says that a text of a courier means, where Jejak's own words do not tell. Masked, as unread texts are kept.
create table own_texts (
  id bigint generated always as identity primary key,
  text text not null constraint own_texts_text unique check (text <> '' and length(text) <= 200),
  status text not null,
  substatus text,
  set_at timestamptz not null,
  set_by text not null
);
