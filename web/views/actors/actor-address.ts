/** Where an actor is asked after, over HTTP. */
export const actorAddress = (path: string): string => `/debug/actors/${path.split('/').map(encodeURIComponent).join('/')}`;
