// esbuild puts these files into the bundle as text (scripts/build.ts).
declare module "*.css" {
  const text: string;
  export default text;
}
declare module "*.svg" {
  const text: string;
  export default text;
}
