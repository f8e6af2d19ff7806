import { isObject } from '../../model/path.js'
import { quoted } from './dialect.js'
import { type Bind, indexedLength, type JsonDialect, type JsonTest, orderSymbols } from './json-dialect.js'

/** JSON on PostgreSQL: `jsonb` compares by type and value. `->` with text finds members of objects, never items. */
export const postgresJson: JsonDialect = {
  test(document, path, test, bind) {
    const value = path.reduce((outer, name) => member(outer, name, bind), `CAST(${document} AS jsonb)`)
    return `((${tested(value, test, bind)}) IS TRUE)`
  },
  member(document, path, holds) {
    const value = path.reduce((outer, name) => `(${outer} -> ${quoted(name)}::text)`, document)
    const text = `(${value} #>> '{}'::text[])`
    return holds === 'text'
      ? `CASE WHEN jsonb_typeof(${value}) = 'string' THEN left(${text}, ${indexedLength}) END`
      : `CASE WHEN jsonb_typeof(${value}) = 'number' THEN ${text}::double precision END`
  },
  mergePatch: (document, patch, bind) => merged(`CAST(${document} AS jsonb)`, patch, bind),
}

function member(document: string, name: string, bind: Bind): string {
  return `(${document} -> CAST(${bind(name)} AS text))`
}

function tested(value: string, test: JsonTest, bind: Bind): string {
  switch (test.op) {
    case 'exists':
      return `${value} IS NOT NULL`
    case 'eq':
      return `${value} = ${json(test.value, bind)}`
    case 'contains':
      return `jsonb_typeof(${value}) = 'array' AND ${value} @> ${json([test.value], bind)}`
    default:
      return ordered(value, test, bind)
  }
}

function ordered(
  value: string,
  { op, value: bound }: Extract<JsonTest, { readonly op: keyof typeof orderSymbols }>,
  bind: Bind,
): string {
  const text = `${value} #>> '{}'`
  // What is no number must not be cast to one, whatever is evaluated first.
  return typeof bound === 'number'
    ? `CASE WHEN jsonb_typeof(${value}) = 'number' THEN ${value} ${orderSymbols[op]} ${json(bound, bind)} END`
    : `jsonb_typeof(${value}) = 'string' AND (${text}) COLLATE "C" ${orderSymbols[op]} CAST(${bind(bound)} AS text)`
}

const json = (value: unknown, bind: Bind): string => `CAST(${bind(JSON.stringify(value))} AS jsonb)`

/** There is no function for merge patches, so each patch becomes an expression: what goes, what is set, what is merged. */
function merged(document: string, patch: Readonly<Record<string, unknown>>, bind: Bind): string {
  const members = Object.entries(patch)
  const gone = members.filter(([, part]) => part === null).map(([name]) => `CAST(${bind(name)} AS text)`)
  const set = Object.fromEntries(members.filter(([, part]) => part !== null && !isObject(part)))
  const inner = members.flatMap(([name, part]) =>
    isObject(part)
      ? [`jsonb_build_object(CAST(${bind(name)} AS text), ${merged(member(document, name, bind), part, bind)})`]
      : [],
  )
  const base = `CASE WHEN jsonb_typeof(${document}) = 'object' THEN ${document} ELSE '{}' END`
  const kept = gone.length > 0 ? `(${base}) - ARRAY[${gone.join(', ')}]` : `(${base})`
  const added = Object.keys(set).length > 0 ? [json(set, bind)] : []
  return `(${[kept, ...added, ...inner].join(' || ')})`
}
