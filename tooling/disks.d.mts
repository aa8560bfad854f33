/** How to start a program so that it meets the disk: directly, by a shell with limits, or as another user. */
export interface Launcher {
  readonly command: readonly string[];
  readonly uid?: number;
}
export const direct: Launcher;
export function mountDisk(folder: string, megabytes?: number): boolean;
export function almostFull(folder: string, isDisk: boolean, kilobytes: number): Promise<Launcher>;
export function readOnly(folder: string, isDisk: boolean): Promise<Launcher>;
