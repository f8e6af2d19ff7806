import { quoted } from './dialect.js'
import { type Bind, indexedLength, type JsonDialect, type JsonTest, orderSymbols } from './json-dialect.js'

/** JSON on MariaDB and MySQL. `exactText` compares text by code points. */
export function mariadbJson(exactText: (text: string) => string): JsonDialect {
  return {
    test(document, path, test, bind) {
      // Names in a path are quoted and escaped as in JSON.
      const names = path.map((name) => `.${JSON.stringify(name)}`).join('')
      const value = names ? `JSON_EXTRACT(${document}, ${bind(`$${names}`)})` : document
      return `((${tested(value, test, { bind, exactText })}) IS TRUE)`
    },
    member(document, path, holds) {
      const value = `JSON_EXTRACT(${document}, ${quoted(`$${path.map((name) => `."${name}"`).join('')}`)})`
      return holds === 'text'
        ? `CASE WHEN JSON_TYPE(${value}) = 'STRING' THEN LEFT(JSON_UNQUOTE(${value}), ${indexedLength}) END`
        : `CASE WHEN JSON_TYPE(${value}) IN ('INTEGER', 'DOUBLE') THEN CAST(${value} AS DOUBLE) END`
    },
    // JSON_MERGE_PATCH of MariaDB 10.11 loses members: of {"a":1,"b":{}} and {"b":{"c":{}},"a":null} it makes {"b":{}}.
  }
}

interface Writing {
  readonly bind: Bind
  readonly exactText: (text: string) => string
}

function tested(value: string, test: JsonTest, writing: Writing): string {
  switch (test.op) {
    case 'exists':
      return `${value} IS NOT NULL`
    case 'eq':
      return compared(value, '=', test.value, writing)
    case 'contains': {
      // JSON_CONTAINS would look into lists inside of the list.
      const items = `JSON_TABLE(${value}, '$[*]' COLUMNS (item JSON PATH '$')) AS json_items`
      const found = `SELECT 1 FROM ${items} WHERE ${compared('json_items.item', '=', test.value, writing)}`
      return `JSON_TYPE(${value}) = 'ARRAY' AND EXISTS (${found})`
    }
    default:
      return compared(value, orderSymbols[test.op], test.value, writing)
  }
}

function compared(
  value: string,
  symbol: string,
  bound: string | number | boolean | null,
  { bind, exactText }: Writing,
): string {
  if (bound === null) return `JSON_TYPE(${value}) = 'NULL'`
  if (typeof bound === 'boolean') return `JSON_TYPE(${value}) = 'BOOLEAN' AND CAST(${value} AS CHAR) = '${bound}'`
  if (typeof bound === 'string') {
    return `JSON_TYPE(${value}) = 'STRING' AND ${exactText(`JSON_UNQUOTE(${value})`)} ${symbol} ${bind(bound)}`
  }
  // An UPDATE whose condition casts what is no number fails, so the order of evaluation must be certain.
  const isNumber = `JSON_TYPE(${value}) IN ('INTEGER', 'DOUBLE')`
  return `CASE WHEN ${isNumber} THEN CAST(${value} AS DOUBLE) ${symbol} ${bind(bound)} END`
}
