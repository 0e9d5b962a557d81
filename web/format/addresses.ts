/** Where things stand: the addresses of this page's views, and the paths of Drover's API. An id may hold any character. */

/** Half a character is in no address. */
const part = (id: string): string => encodeURIComponent(id.replace(/\p{Cs}/gu, '\uFFFD'));

export const hostAddress = (id: string): string => `/hosts/${part(id)}`;
export const modelAddress = (key: string): string => `/models/${part(key)}`;
/** In the tree of the actors. */
export const actorAddress = (path: string): string => `/actors?actor=${encodeURIComponent(path)}`;

export const hostApi = (id: string): string => `/api/hosts/${encodeURIComponent(id)}`;
export const actorApi = (path: string): string => `/debug/actors/${path.split('/').map(encodeURIComponent).join('/')}`;
