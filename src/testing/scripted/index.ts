export { scriptedTask, type ScriptedAnswer, type ScriptedCall, type ScriptedTask } from './scripted.ts';
