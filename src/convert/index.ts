/**
 * The model from and to other notations: SCXML, XState and workflow configurations, Mermaid, graphs as JSON and SVG. Functions from
 * text to the model and back; no file is read or written here.
 *
 * @module
 */
export type {
  FlowNodeKind,
  Graph,
  GraphDetail,
  GraphEdge,
  GraphEdgeKind,
  GraphNode,
  GraphNodeKind,
  MachineNodeKind,
} from './graph/graph.ts';
export { flowGraph } from './graph/flow/flow-graph.ts';
export { machineGraph } from './graph/machine/machine-graph.ts';
export { layoutGraph } from './graph/layout/layout-graph.ts';
export type {
  Point,
  PositionedEdge,
  PositionedGraph,
  PositionedNode,
  Rect,
  TextLine,
} from './graph/layout/positioned.ts';
export { graphMermaid } from './graph/mermaid/mermaid.ts';
export { graphSvg } from './graph/svg/graph-svg.ts';
export { exportScxml, type ExportedScxml } from './scxml/export/export.ts';
export { importScxml, type ImportedScxml, type ImportScxmlOptions } from './scxml/import.ts';
export { exportWorkflowJson, type ExportedWorkflowJson } from './workflow/export-workflow-json.ts';
export { exportWorkflowToml, type ExportedWorkflowToml } from './workflow/export-workflow-toml.ts';
export type { WorkflowRoles } from './workflow/import/roles.ts';
export {
  importWorkflowJson,
  type ImportedWorkflowJson,
  type ImportWorkflowJsonOptions,
} from './workflow/import-workflow-json.ts';
export {
  importWorkflowToml,
  type ImportedWorkflowToml,
  type ImportWorkflowTomlOptions,
} from './workflow/import-workflow-toml.ts';
export { exportXstate, type XstateConfig, type XstateExport } from './xstate/export-xstate.ts';
export { importXstate, type ImportedXstate, type ImportXstateOptions } from './xstate/import-xstate.ts';
