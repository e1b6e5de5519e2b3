-- Derived relations that began before they could end: the next look at what is due puts them off to when their
-- source was last there, and what their type says after that.
update relationship set expires_at = first_seen where section = 'derived' and ended_at is null
  and expires_at is null and type in ('attached_to', 'used_by', 'depends_on', 'resolves_through');
