// What is below these is data, not schema.
const dataKeywords = new Set(['const', 'enum', 'default', 'examples'])

/**
 * Why a schema asks for what the compiler is known to answer wrongly, measured against the JSON Schema Test Suite;
 * undefined where it does not. Refusing such a schema is better than a rule that lets through what it should not.
 */
export function unsupportedIn(schema: unknown): string | undefined {
  const objects = schemaObjects(schema)
  const uses = (name: string): boolean => objects.some((one) => Object.hasOwn(one, name))
  if (uses('$dynamicRef')) return '"$dynamicRef" is not supported; use "$ref"'
  if (uses('unevaluatedItems')) return '"unevaluatedItems" is not supported; close tuples with "items": false'
  if (uses('$async')) return '"$async" is not supported; a schema is checked at once'
  if (uses('__proto__')) return 'a property cannot be named "__proto__"'
  const halfConditions = objects.some((one) => 'if' in one && !('then' in one && 'else' in one))
  if (uses('unevaluatedProperties') && halfConditions) {
    return '"unevaluatedProperties" together with an "if" needs both "then" and "else"; write {} for the one you do not need'
  }
  return undefined
}

function schemaObjects(root: unknown): readonly Readonly<Record<string, unknown>>[] {
  const found: Readonly<Record<string, unknown>>[] = []
  const waiting: unknown[] = [root]
  while (waiting.length > 0) {
    const next = waiting.pop()
    if (typeof next !== 'object' || next === null) continue
    if (!Array.isArray(next)) found.push(next as Readonly<Record<string, unknown>>)
    for (const [name, value] of Object.entries(next)) if (!dataKeywords.has(name)) waiting.push(value)
  }
  return found
}
