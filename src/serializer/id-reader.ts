import type { EntityDescription, PropertyDescription } from '../model/entity-description.js'
import { type Checked, checkerOf } from './value-check.js'

/**
 * Reads the `:id` of a route as the primary key. Text that cannot be a key gives undefined, so that no database is
 * asked for it.
 */
export function idReader({
  primary,
}: EntityDescription): (text: string) => Readonly<Record<string, unknown>> | undefined {
  const [key, ...others] = primary
  // An entity with several key properties has no single id; its viewset cannot address one row.
  if (!key || others.length > 0) return () => undefined
  const read = textReader(key)
  return (text) => {
    const value = read(text)
    return value === undefined ? undefined : { [key.name]: value }
  }
}

function textReader({ value }: PropertyDescription): (text: string) => unknown {
  const check = checkerOf(value)
  if (value.kind === 'integer')
    return (text) => (canonicalInteger.test(text) ? accepted(check(Number(text))) : undefined)
  if (value.kind === 'string') return (text) => (text === '' ? undefined : accepted(check(text)))
  return (text) => accepted(check(text))
}

const accepted = (checked: Checked): unknown => ('value' in checked ? checked.value : undefined)

const canonicalInteger = /^(0|-?[1-9][0-9]{0,15})$/
