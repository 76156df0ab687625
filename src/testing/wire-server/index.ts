export { wireScenarios, type WireProtocol, type WireScenario } from './scenarios.ts';
export {
  startWireServer,
  type WireCall,
  type WireServer,
  type WireServerOptions,
  type WireToolCall,
} from './server.ts';
