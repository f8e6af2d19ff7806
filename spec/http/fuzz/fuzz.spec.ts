import { expect } from 'chai'
import { createDataSource, idempotencyKeys, type ModelDataSource, silentLogger, type User } from 'plinth'
import { Container } from 'plinth/container'
import { type FuzzReport, type FuzzUser, fuzzRoutes } from 'plinth/testing'
import type { Exchange } from '../../../src/http/exchange.js'
import { asAppException } from '../../../src/orm/errors/as-app-exception.js'
import { naughtyTexts } from '../../support/data.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { applicationOf } from '../../support/http.js'
import { applications, type FuzzedApplication } from './applications.js'

/** How many times as many requests are sent as every day. */
const often = Number(process.env['PLINTH_FUZZ_RUNS'] ?? 1)

const users: readonly FuzzUser[] = [
  { name: 'nobody', headers: {} },
  ...['ada:editor,admin,buyer', 'ada', 'bob'].map((name) => ({ name, headers: { authorization: `Bearer ${name}` } })),
]

function userOf(exchange: Exchange): User | null {
  const [, id, roles = ''] = /^Bearer ([^:]+)(?::(.*))?$/.exec(exchange.header('authorization') ?? '') ?? []
  return id === undefined ? null : { id, roles: roles.split(',') }
}

describeOnEngines('Every route', (engine) => {
  for (const application of applications) {
    it(`answers whatever it is sent as its document says: ${application.title}`, async function () {
      this.timeout(60_000 * often)
      const database = await engine.create()
      const dataSource = dataSourceOf(database, application)
      try {
        await dataSource.initialize()
        const { answers } = await fuzzRoutes(served(dataSource, application), {
          dataSource,
          users,
          texts: naughtyTexts(),
          runs: (engine.name === 'sqlite' ? 10 : 2) * often,
          prepare: storing(dataSource, application),
        })
        // So few requests as there are every day do by chance what about half of the operations are for.
        if (engine.name === 'sqlite') expect(successful(answers)).to.be.greaterThan(Object.keys(answers).length / 4)
      } finally {
        if (dataSource.isInitialized) await dataSource.destroy()
        await database.drop()
      }
    })
  }
})

/** How many operations did what they are for at least once. */
const successful = (answers: FuzzReport['answers']): number =>
  Object.values(answers).filter((counts) => Object.keys(counts).some((status) => Number(status) < 300)).length

const dataSourceOf = ({ options }: Database, { entities }: FuzzedApplication): ModelDataSource =>
  createDataSource({ ...options, entities, tables: [idempotencyKeys], synchronize: true })

function served(dataSource: ModelDataSource, { viewSets, names }: FuzzedApplication) {
  return applicationOf({
    ...(names && { names }),
    viewSets,
    dataSource,
    instances: new Container({ context: { dataSource, logger: silentLogger } }),
    translate: (error) => asAppException(error, dataSource),
    authenticate: userOf,
  })
}

/** Stores rows for each operation instead of what the one before has left. */
function storing(dataSource: ModelDataSource, { store }: FuzzedApplication): () => Promise<void> {
  let round = 0
  return async () => {
    await empty(dataSource)
    for (let one = 0; one < 3; one++) await store(dataSource, ++round)
  }
}

/** Removes all rows; those that others refer to once these are gone. */
async function empty(dataSource: ModelDataSource): Promise<void> {
  let left = [...new Set(dataSource.entityMetadatas.map(({ tableName }) => tableName))]
  while (left.length > 0) {
    const failed: string[] = []
    for (const table of left) {
      await dataSource.query(`DELETE FROM ${dataSource.driver.escape(table)}`).catch(() => failed.push(table))
    }
    if (failed.length === left.length) throw new Error(`These tables cannot be emptied: ${failed.join(', ')}.`)
    left = failed
  }
}
