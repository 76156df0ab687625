/** Which instance of which machine. */
export interface InstanceName {
  readonly machine: string;
  readonly id: string;
}
