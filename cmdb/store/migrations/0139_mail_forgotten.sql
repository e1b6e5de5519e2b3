-- What became of mail long ago, and senders who write no more, are forgotten (docs/mail.md).
create index mail_in_by_at on mail_in (at) where outcome <> 'waiting';
create index mail_sender_by_last_at on mail_sender (last_at);
