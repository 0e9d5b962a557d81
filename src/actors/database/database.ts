/** What writers and links need to know of the postgres actor: whether its database takes work. */

export interface Database {
  ready(): boolean;
  /** Called at every change; returns the way to stop that. Not called at once. */
  subscribe(listener: (ready: boolean) => void): () => void;
}
