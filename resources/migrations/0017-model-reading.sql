-- Models whose files are being read: what is here at the start ended the host.
CREATE TABLE model_reading (path TEXT PRIMARY KEY);
