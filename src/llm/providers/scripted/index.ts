export {
  scriptedProvider,
  type ScriptedProvider,
  type ScriptedProviderOptions,
  type ScriptedTurn,
} from './scripted.ts';
