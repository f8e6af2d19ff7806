/**
 * Values as a server reads them from text, the same as the driver writes, but that it quotes all that lists hold; undefined where it
 * has a way of its own for one.
 */
export function textsOf(values: readonly unknown[]): readonly (string | null)[] | undefined {
  const texts: (string | null)[] = []
  for (const value of values) {
    const text = Array.isArray(value) ? listText(value) : textOf(value)
    if (text === undefined) return undefined
    texts.push(text)
  }
  return texts
}

function textOf(value: unknown): string | null | undefined {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value)
    default:
      if (value === null || value === undefined) return null
      return value instanceof Date ? instantText(value) : undefined
  }
}

/** The driver writes instants in the zone of the process: undefined where that is not UTC, and outside of four-digit years. */
function instantText(value: Date): string | undefined {
  if (value.getTimezoneOffset() !== 0) return undefined
  // What a call stamps has one instant.
  if (value.getTime() === lastInstant) return lastText
  const text = value.toISOString()
  lastInstant = value.getTime()
  // A column of text keeps the zone as it is written.
  lastText = text.length === 24 ? `${text.slice(0, -1)}+00:00` : undefined
  return lastText
}

let lastInstant = Number.NaN
let lastText: string | undefined

/** A list as the text of an array (PostgreSQL 15 documentation, 8.15.6); undefined where it holds anything but single values. */
function listText(values: readonly unknown[]): string | undefined {
  if (values.length === 0) return '{}'
  if (values.every((value) => typeof value === 'string')) return closed('{"', values.map(insideQuotes), '","', '"}')
  const texts: string[] = []
  for (const value of values) {
    const text = typeof value === 'string' ? `"${insideQuotes(value)}"` : elementText(value)
    if (text === undefined) return undefined
    texts.push(text)
  }
  return closed('{', texts, ',', '}')
}

/** Joins parts between two ends. Those are added to parts: what is added to a text that was joined has all of it copied again. */
function closed(opening: string, parts: string[], separator: string, closing: string): string {
  parts[0] = `${opening}${parts[0]!}`
  parts[parts.length - 1] += closing
  return parts.join(separator)
}

function elementText(value: unknown): string | undefined {
  const text = textOf(value)
  if (text === null) return 'NULL'
  return typeof value === 'object' && text !== undefined ? `"${text}"` : text
}

/** What stands between the quotes of an element. Most texts hold neither, which is seen many characters at a time. */
function insideQuotes(text: string): string {
  if (!text.includes('"') && !text.includes('\\')) return text
  // JSON writes both in the same way, and in a quarter of the time.
  return escapedAlike.test(text) ? JSON.stringify(text).slice(1, -1) : text.replace(/["\\]/g, '\\$&')
}

/** Text without what JSON has other escapes for: control characters, and halves of surrogates. */
const escapedAlike = /^[ -\ud7ff\ue000-\uffff]*$/
