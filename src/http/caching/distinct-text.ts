/** Something of a value cannot be seen, so that no text can tell it from others. */
export class UnseenError extends Error {
  override readonly name = 'UnseenError'
}

/**
 * A text that no other value has: two have the same only where nothing that can be asked of them differs.
 * @throws {UnseenError} for objects of classes, functions, symbols, and objects that hide something or contain themselves.
 */
export function distinctText(value: unknown): string {
  return textOf(value, [])
}

function textOf(value: unknown, above: readonly object[]): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'bigint':
      return `${value}n`
    case 'boolean':
    case 'undefined':
      return String(value)
    case 'object':
      return value === null ? 'null' : textOfObject(value, above)
    default:
      throw new UnseenError(`a ${typeof value}`)
  }
}

function textOfObject(value: object, above: readonly object[]): string {
  if (above.includes(value)) throw new UnseenError('an object that contains itself')
  const within = [...above, value]
  const names = Object.keys(value)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Date.prototype && Reflect.ownKeys(value).length === 0) return `@${(value as Date).getTime()}`
  if (prototype === Array.prototype) {
    const items = value as readonly unknown[]
    // What a list lacks may be as many as what it has besides.
    const isWhole = Array.from(items.keys()).every((index) => Object.hasOwn(items, index))
    if (!isWhole || Reflect.ownKeys(value).length !== items.length + 1)
      throw new UnseenError('a list that has other properties, or lacks items')
    return `[${items.map((item) => textOf(item, within)).join()}]`
  }
  if (prototype !== Object.prototype && prototype !== null) throw new UnseenError(`an object of ${className(value)}`)
  if (Reflect.ownKeys(value).length !== names.length)
    throw new UnseenError('an object with properties that are not listed')
  const properties = value as Readonly<Record<string, unknown>>
  return `{${names.map((name) => `${JSON.stringify(name)}:${textOf(properties[name], within)}`).join()}}`
}

const className = (value: object): string => `the class ${value.constructor?.name || '(without a name)'}`
