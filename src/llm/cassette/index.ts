export { cassetteFetch, type CassetteOptions } from './cassette.ts';
export { directoryCassettes, memoryCassettes, type CassetteStore } from './store.ts';
