-- Senders who write no more are forgotten (docs/mail.md).
create index mail_sender_by_last_at on mail_sender (last_at);
