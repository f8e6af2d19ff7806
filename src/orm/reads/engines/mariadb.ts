import {
  jsonSamples,
  jsonTypes,
  quotedText,
  type RawRows,
  type ReadEngine,
  rewrittenJson,
  textSamples,
} from './read-engine.js'

interface Connection {
  promise(): {
    query(
      query: object,
    ): Promise<readonly [result: RawRows['rows'] | { readonly affectedRows: number }, fields: unknown]>
  }
}

/**
 * MariaDB, and MySQL. Values are sent in the statement, and rows come as text: a prepared statement gives numbers of single
 * precision with other digits than all other statements do.
 */
export const mariadb: ReadEngine = {
  async read(connection, { sql, parameters }) {
    const query = { sql, values: [...parameters], rowsAsArray: true }
    const [result] = await (connection as Connection).promise().query(query)
    return 'affectedRows' in result ? { rows: [], affected: result.affectedRows } : { rows: result }
  },

  bound: (value) => value,

  exactKinds: new Set(),

  quick(column, kind) {
    if (jsonTypes.has(column.type)) {
      return column.type === 'simple-json' ? { text: rewrittenJson, samples: jsonSamples } : undefined
    }
    return kind === 'string' ? { text: quotedText, samples: textSamples } : undefined
  },
}
