-- A table as an ordinary shop's own system has it: local times without a zone, tracking numbers as people typed them.
create table orders (
  id bigint primary key,
  customer_email text,
  customer_phone text,
  status text not null,
  courier text,
  tracking_no text,
  created_at timestamp not null,
  completed_at timestamp
);

insert into orders (id, customer_email, customer_phone, status, courier, tracking_no, created_at, completed_at) values
  (1001, 'aisyah@example.com',  '012-345 6789',    'completed', 'jnt',     '632143239945',                localtimestamp - interval '40 days', localtimestamp - interval '36 days'),
  (1002, 'Wei.Ling@Example.com', '+60 19-876 5432', 'completed', 'poslaju', ' er 665997516 my ',           localtimestamp - interval '39 days', localtimestamp - interval '35 days'),
  (1003, 'kumar@example.com',   '0123456788',      'shipped',   'jnt',     '632143239958, 632143239959',  localtimestamp - interval '3 days',  null),
  (1004, null,                  '017 222 3344',    'shipped',   'dhl',     '7028 7389 3611 2053',         localtimestamp - interval '2 days',  null),
  (1005, 'siti@example.com',    null,              'pending',   null,      null,                          localtimestamp - interval '1 day',   null),
  (1006, 'tan@example.com',     null,              'cancelled', 'jnt',     '632143239962',                localtimestamp - interval '12 days', localtimestamp - interval '10 days'),
  (1007, 'lim@example.com',     null,              'on the way?', 'jnt',   '632143239963',                localtimestamp - interval '4 days',  null),
  (1008, 'ravi@example.com',    null,              'shipped',   'jnt',     'self pickup',                 localtimestamp - interval '4 days',  null),
  (1009, 'farah@example.com',   null,              'completed', 'jnt',     '632143239945',                localtimestamp - interval '39 days', localtimestamp - interval '36 days'),
  (1010, 'zul@example.com',     null,              'test',      'jnt',     '632143239970',                localtimestamp - interval '9 days',  null),
  (1011, 'old@example.com',     null,              'completed', 'jnt',     '632143239971',                localtimestamp - interval '900 days', localtimestamp - interval '896 days');
