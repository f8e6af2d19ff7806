/**
 * Whether a caller wants no representation of what it writes: `Prefer: return=minimal` (RFC 7240). Of several values of
 * one preference the first counts, and what is not understood is ignored.
 */
export function prefersMinimal(prefer: string | undefined): boolean {
  if (prefer === undefined) return false
  const [first] = prefer
    .split(',')
    .map((one) => one.split(';', 1)[0]!.toLowerCase().split('='))
    .filter(([name = '']) => name.trim().startsWith('return'))
  const [name, value, ...others] = first?.map((part) => part.trim()) ?? []
  return name === 'return' && others.length === 0 && (value === 'minimal' || value === '"minimal"')
}

/** What an answer without representations says of that (RFC 7240 section 3). */
export const minimalHeaders = Object.freeze({ 'preference-applied': 'return=minimal' })
