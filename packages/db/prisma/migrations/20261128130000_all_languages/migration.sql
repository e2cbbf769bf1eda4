-- A shop that names no language speaks all there are, also those that a later release brings.
alter table organizations alter column languages set default '{}';
update organizations set languages = '{}' where languages = '{en,ms,zh}';
