import { expect } from 'chai'
import { anyone, BulkActionMixin, createDataSource, type ModelDataSource, ModelViewSet, Serializer } from 'plinth'
import { Resource } from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { parseTracestate } from '../../src/helpers/trace-state.js'
import { prefersMinimal } from '../../src/http/conditional/prefer.js'
import { parseQueryString } from '../../src/http/query/parse-query-string.js'
import { engines } from '../support/engines.js'
import { type Answer, type Served, serve } from './support/served.js'

@Entity('costly_rows')
class Row {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) someName!: string
}
class RowSerializer extends Serializer(Row, { fields: ['id', 'someName'] }) {}

@Resource('/rows')
class RowViewSet extends BulkActionMixin(
  ModelViewSet(Row, { serializer: RowSerializer, permissions: { '*': anyone }, filters: { someName: ['eq', 'ne'] } }),
  { permissions: { delete: anyone }, maxByFilter: 10 },
) {}

const names = Array.from({ length: 200 }, (_, index) => `somename${index}`)

const meant = ({ body }: Answer) => body.errors.filter((error) => JSON.stringify(error).includes('did you mean'))

/** What some work gives, which must not take longer than that. */
function within(milliseconds: number, work: () => unknown): unknown {
  const begin = performance.now()
  const value = work()
  expect(performance.now() - begin).to.be.lessThan(milliseconds)
  return value
}

describe('Texts that callers choose', () => {
  it('cost no more than their length where they are full of blanks', () => {
    const blanks = ' '.repeat(200_000)
    expect(within(500, () => prefersMinimal(`return${blanks}x`))).to.equal(false)
    expect(within(500, () => prefersMinimal(`return${blanks}=${blanks}minimal`))).to.equal(true)
    const state = `a=b${' '.repeat(4000)}\u00e9`
    const repeatedly = () => Array.from({ length: 200 }, () => parseTracestate(state)).at(-1)
    expect(within(500, repeatedly)).to.equal(undefined)
    expect(parseTracestate('\t a=b \t,  c=d ')).to.equal('a=b,c=d')
  })

  it('are read in their order where one parameter is given often', () => {
    const given = parseQueryString(Array.from({ length: 1000 }, (_, index) => `a=${index}`).join('&')).get('a')
    expect(given).to.deep.equal(Array.from({ length: 1000 }, (_, index) => String(index)))
  })

  describe('as names that are not known', () => {
    let dataSource: ModelDataSource
    let served: Served

    before(async () => {
      const { options } = await engines[0]!.create()
      dataSource = await createDataSource({ ...options, entities: [Row], synchronize: true }).initialize()
      served = await serve({ viewSets: [RowViewSet], dataSource })
    })
    after(async () => {
      await served?.close()
      await dataSource?.destroy()
    })

    it('are compared with those that are for the first of them alone', async () => {
      const listed = await served.request('GET', `/rows?${names.join('&')}`)
      expect([listed.status, listed.body.errors.length, meant(listed).length]).to.deep.equal([400, 100, 10])
      const filter = Object.fromEntries(names.map((name) => [name, 1]))
      const body = { filter, expectedCount: 1 }
      const deleted = await served.request('POST', '/rows/bulk/delete', { body })
      expect([deleted.status, deleted.body.errors.length, meant(deleted).length]).to.deep.equal([400, 100, 10])
    })
  })
})
