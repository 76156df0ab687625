/**
 * The model from and to other notations: SCXML, XState configurations, Mermaid, graphs as JSON and SVG. Functions from
 * text to the model and back; no file is read or written here.
 *
 * @module
 */
export {};
