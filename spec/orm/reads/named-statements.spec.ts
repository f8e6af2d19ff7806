import { expect } from 'chai'
import { QueryFailedError } from 'typeorm'
import { createDataSource, type ModelDataSource } from '../../../src/index.js'
import { runRead } from '../../../src/orm/reads/run-read.js'
import { type Database, describeOnEngines } from '../../support/engines.js'

describeOnEngines(
  'Named statements',
  (engine) => {
    let database: Database
    let dataSource: ModelDataSource

    before(async () => {
      database = await engine.create()
      dataSource = await opened()
    })
    after(async () => {
      await dataSource?.destroy()
      await database?.drop()
    })

    /** With one connection, so that what it was told before is what it knows. */
    const opened = (extra: object = {}): Promise<ModelDataSource> => {
      const { extra: own = {}, ...rest } = database.options as { readonly extra?: object }
      const options = { ...rest, entities: [], extra: { ...own, max: 1, ...extra } }
      return createDataSource(options as never).initialize()
    }
    const read = async (sql: string, parameters: readonly unknown[] = [], name?: string, given = dataSource) => {
      const { rows, affected } = await runRead(given, { sql, parameters, name }, undefined, 'master')
      return affected === undefined ? rows : { affected }
    }
    it('give what others give, the first time and each time after, whatever their values are', async () => {
      const values: readonly (readonly [type: string, value: unknown])[] = [
        ['text', 'it\'s "quoted", {braced}, \\ and 😀'],
        ['text', ''],
        ['text', null],
        ['text', undefined],
        ['text', new Date('2024-02-29T23:59:59.123Z')],
        ['integer', -7],
        ['bigint', 9_007_199_254_740_993n],
        ['float8', 1e-7],
        ['boolean', false],
        ['timestamptz', new Date('0099-12-31T00:00:00.020Z')],
        ['timestamptz', new Date('+010000-01-01T00:00:00.000Z')],
        ['jsonb', { a: [1, 'two'] }],
        ['bytea', Buffer.from([0, 255, 92])],
        ['text[]', ['a', null, 'NULL', '', 'with, comma', '"', '\\', '{}', 'line\nbreak']],
        ['integer[]', [1, null, -3]],
        ['boolean[]', [true, false]],
        ['timestamptz[]', [new Date(0), null]],
        ['text[]', []],
        ['integer[][]', [[1], [2]]],
      ]
      for (const [index, [type, value]] of values.entries()) {
        const sql = `SELECT $1::${type} AS given, pg_typeof($1)::text AS type`
        const plain = await read(sql, [value])
        const shown = `${type} ${index}`
        for (const turn of ['first', 'second', 'third']) {
          expect(await read(sql, [value], `value_${index}`), `${shown}, ${turn}`).to.deep.equal(plain)
        }
      }
    })

    it('tell how many rows they have written, and give those that they return', async () => {
      await dataSource.query('CREATE TABLE counted (id integer PRIMARY KEY, title varchar(10))')
      const insert = 'INSERT INTO counted SELECT i, $2 FROM unnest($1::integer[]) AS i'
      expect(await read(insert, [[1, 2, 3], 'a'], 'insert')).to.deep.equal({ affected: 3 })
      expect(await read(insert, [[4], 'b'], 'insert')).to.deep.equal({ affected: 1 })
      expect(await read(insert, [[], 'b'], 'insert')).to.deep.equal({ affected: 0 })
      const change = 'UPDATE counted SET title = $1 WHERE id > $2 RETURNING id, title'
      expect(await read(change, ['c', 3], 'change')).to.deep.equal([['4', 'c']])
      expect(await read(change, ['d', 9], 'change')).to.deep.equal([])
    })

    it('fail as others do, and can be sent again', async () => {
      const sql = 'SELECT 6 / $1::integer'
      expect((await failureOf(read(sql, [0], 'divide'))).code).to.equal('22012')
      expect(await read(sql, [2], 'divide')).to.deep.equal([['3']])
      expect((await failureOf(read(sql, [0], 'divide'))).code).to.equal('22012')
      expect((await failureOf(read('SELECT nothing_at_all', [], 'unknown'))).code).to.equal('42703')
      expect(await read(sql, [3], 'divide')).to.deep.equal([['2']])
    })

    it('are sent as they are where their columns have become others', async () => {
      await dataSource.query('CREATE TABLE altered (id integer)')
      await dataSource.query('INSERT INTO altered VALUES (1)')
      expect(await read('SELECT * FROM altered', [], 'altered')).to.deep.equal([['1']])
      await dataSource.query("ALTER TABLE altered ADD COLUMN title text DEFAULT 'new'")
      for (const _ of [1, 2]) expect(await read('SELECT * FROM altered', [], 'altered')).to.deep.equal([['1', 'new']])
    })

    it('refuse to be one name of two statements', async () => {
      await read('SELECT 1', [], 'one')
      expect((await failureOf(read('SELECT 2', [], 'one'))).message).to.include(
        'Another statement was prepared as "one".',
      )
      expect(await read('SELECT 1', [], 'one')).to.deep.equal([['1']])
    })

    it('end with the time that the driver gives them, and with their connection', async () => {
      const own = await opened({ query_timeout: 2000 })
      try {
        const slow = failureOf(read('SELECT pg_sleep($1)', [3], 'slow', own))
        expect((await slow).message).to.include('Query read timeout')
        await new Promise((resolve) => setTimeout(resolve, 2000))
        expect(await read('SELECT pg_sleep($1)', [0], 'slow', own)).to.deep.equal([['']])
        const backend = 'SELECT pg_backend_pid()'
        const first = await read(backend, [], 'backend', own)
        await failureOf(read('SELECT pg_terminate_backend(pg_backend_pid())', [], 'terminate', own))
        expect(await read(backend, [], 'backend', own)).to.not.deep.equal(first)
      } finally {
        await own.destroy()
      }
    })
  },
  ['postgres'],
)

const failureOf = async (work: Promise<unknown>): Promise<QueryFailedError & { readonly code?: string }> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).to.be.instanceOf(QueryFailedError)
  return error as QueryFailedError
}
