/**
 * A character in all its cases, itself first: `e`, `E`. Engines differ in the letters they know, so what ignores case is
 * spelt out before it reaches them. Only single characters count: `ß` has no other case, though `SS` is its capital.
 */
export function caseVariants(character: string): readonly string[] {
  const [lower, upper] = [character.toLowerCase(), character.toUpperCase()]
  const variants = [character, lower, upper, upper.toLowerCase(), lower.toUpperCase()]
  return [...new Set(variants.filter((variant) => Array.from(variant).length === 1))]
}
