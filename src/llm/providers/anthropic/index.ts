export { anthropicProvider, type AnthropicSettings } from './anthropic.ts';
