import { tmpdir } from 'node:os'
import { expect } from 'chai'
import { createDataSource, LocalFileStorage } from 'plinth'
import { operationFinder } from '../../../testing/openapi/find-operation.js'
import { applicationOf } from '../../support/http.js'
import type { RefusalTable } from './refusal.js'
import { causes } from './tables/causes.js'
import { conditions } from './tables/conditions.js'
import { fields } from './tables/fields.js'
import { files } from './tables/files.js'
import { keys } from './tables/keys.js'
import { lists } from './tables/lists.js'
import { requests } from './tables/requests.js'
import { rows } from './tables/rows.js'
import { traits } from './tables/traits.js'

const everything: readonly RefusalTable[] = [requests, lists, conditions, keys, fields, files, rows, traits, causes]

/** What a document says of one status of an operation. */
interface Declared {
  readonly codes: readonly string[]
  readonly headers: readonly string[]
}

function documentOf({ entities, tables = [], viewSets }: RefusalTable) {
  return applicationOf({
    viewSets,
    dataSource: createDataSource({ type: 'sqlite', database: ':memory:', entities, tables }),
    files: new LocalFileStorage({ directory: tmpdir() }),
    authenticate: () => null,
  }).openapi()
}

/** Finds what is declared for requests; undefined where nothing answers them, or not with that status. */
function declarations(table: RefusalTable) {
  const document = documentOf(table)
  const find = operationFinder(document)
  return (ask: string, status: unknown): Declared | 'no operation' | undefined => {
    const [method = '', path = ''] = ask.split(' ')
    const operation = find(method, path)?.operation
    if (!operation) return 'no operation'
    const response = operation.responses[String(status)]
    const found =
      response && '$ref' in response ? document.components.responses[response.$ref.split('/').at(-1)!] : response
    const { allOf = [] } = (found?.content?.['application/problem+json']?.schema ?? {}) as {
      readonly allOf?: readonly { readonly properties?: { readonly code?: { readonly enum: readonly string[] } } }[]
    }
    return (
      found && {
        codes: allOf.flatMap(({ properties }) => properties?.code?.enum ?? []),
        headers: Object.keys(found.headers ?? {}).map((name) => name.toLowerCase()),
      }
    )
  }
}

describe('What is refused is declared', () => {
  for (const table of everything) {
    it(`of ${table.title}`, () => {
      const declared = declarations(table)
      const wrong = table.refusals.flatMap(({ ask, answer, telling = {} }) => {
        const { status, code } = answer as { readonly status: number; readonly code: string }
        const found = declared(ask, status)
        // There is no such address, or not with that method.
        if (found === 'no operation') return [404, 405].includes(status) ? [] : [`${ask}: no operation`]
        const untold = Object.keys(telling).filter((name) => !found?.headers.includes(name))
        return [
          ...(found?.codes.includes(code) ? [] : [`${ask}: ${status} ${code}`]),
          ...untold.map((name) => `${ask}: ${status} ${name}`),
        ]
      })
      expect(wrong).to.deep.equal([])
    })
  }

  it('by tables that have refusals of most statuses', () => {
    const statuses = new Set(everything.flatMap(({ refusals }) => refusals.map(({ answer }) => answer['status'])))
    expect([...statuses]).to.have.members([400, 401, 403, 404, 405, 406, 409, 412, 413, 414, 415, 422, 428, 503])
  })
})
