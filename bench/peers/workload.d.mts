export declare const steps: number;
export declare const middle: number;
export declare function work(index: number): { index: number; ok: boolean; pad: string };
export declare function measureAll(runOne: (id: string) => Promise<unknown>): Promise<void>;
