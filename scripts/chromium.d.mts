export function findChromium(from?: { environment?: NodeJS.ProcessEnv; folders?: string[] }): string | undefined;
export function needChromium(): Promise<string>;
