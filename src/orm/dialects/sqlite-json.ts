import { quoted } from './dialect.js'
import { type Bind, indexedLength, type JsonDialect, type JsonTest, orderSymbols } from './json-dialect.js'

/**
 * JSON on SQLite. Its paths cannot name members with quotes, and functions over a malformed text fail, so documents are
 * opened with `json_each`, member by member.
 */
export const sqliteJson: JsonDialect = {
  test(document, path, test, bind) {
    // In a list the whole document is an item like any other.
    const steps = [`json_each('[' || ${document} || ']') AS json_0`]
    const keys: string[] = []
    for (const [index, name] of path.entries()) {
      const outer = `json_${index}`
      const inner = `json_${index + 1}`
      steps.push(`json_each(CASE WHEN ${outer}.type = 'object' THEN ${outer}.value END) AS ${inner}`)
      keys.push(`${inner}.key = ${bind(name)}`)
    }
    const conditions = [...keys, tested(`json_${path.length}`, test, bind)]
    return `(EXISTS (SELECT 1 FROM ${steps.join(', ')} WHERE ${conditions.join(' AND ')}))`
  },
  member(document, path, holds) {
    const place = quoted(`$${path.map((name) => `."${name}"`).join('')}`)
    const [types, value] =
      holds === 'text'
        ? ["('text')", `substr(json_extract(${document}, ${place}), 1, ${indexedLength})`]
        : ["('integer', 'real')", `json_extract(${document}, ${place})`]
    return `CASE WHEN json_type(${document}, ${place}) IN ${types} THEN ${value} END`
  },
  mergePatch: (document, patch, bind) => `json_patch(${document}, ${bind(JSON.stringify(patch))})`,
}

function tested(item: string, test: JsonTest, bind: Bind): string {
  switch (test.op) {
    case 'exists':
      return '1=1'
    case 'eq':
      return equal(item, test.value, bind)
    case 'contains': {
      const list = `json_each(CASE WHEN ${item}.type = 'array' THEN ${item}.value END) AS json_item`
      return `EXISTS (SELECT 1 FROM ${list} WHERE ${equal('json_item', test.value, bind)})`
    }
    default:
      return `${typed(item, test.value)} AND ${item}.atom ${orderSymbols[test.op]} ${bind(test.value)}`
  }
}

function equal(item: string, value: string | number | boolean | null, bind: Bind): string {
  if (typeof value === 'boolean' || value === null) return `${item}.type = '${String(value)}'`
  return `${typed(item, value)} AND ${item}.atom = ${bind(value)}`
}

function typed(item: string, value: string | number): string {
  return typeof value === 'string' ? `${item}.type = 'text'` : `${item}.type IN ('integer', 'real')`
}
