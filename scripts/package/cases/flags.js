/** What `tsc --init` writes, but for where Node's types would be looked for, and that declarations are checked, too. */
export const flags = (version) => ({
  target: "esnext",
  types: [],
  sourceMap: true,
  declaration: true,
  declarationMap: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  strict: true,
  jsx: "react-jsx",
  verbatimModuleSyntax: true,
  isolatedModules: true,
  ...(Number(version) >= 5.6 && { noUncheckedSideEffectImports: true }),
  moduleDetection: "force",
  skipLibCheck: false,
  noEmit: true,
});
