/**
 * Whether a caller wants no representation of what it writes: `Prefer: return=minimal` (RFC 7240). Of several values of
 * one preference the first counts, and what is not understood is ignored.
 */
export function prefersMinimal(prefer: string | undefined): boolean {
  if (prefer === undefined) return false
  const [first] = prefer
    .split(',')
    .map((one) => one.split(';', 1)[0]!.trim().toLowerCase())
    .filter((one) => one.startsWith('return'))
    .map((one) => one.replace(/\s*=\s*/, '='))
  return first === 'return=minimal' || first === 'return="minimal"'
}
