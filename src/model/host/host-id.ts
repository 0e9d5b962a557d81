/** A host's id: stable, part of paths, metrics and environment names. */
export const HOST_ID = /^[a-z0-9][a-z0-9-]{0,62}$/;
