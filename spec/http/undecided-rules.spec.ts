import { expect } from 'chai'
import {
  anyone,
  BulkActionMixin,
  both,
  either,
  except,
  type Logger,
  type ModelDataSource,
  ModelViewSet,
  type Permission,
  rowRule,
  Serializer,
  silentLogger,
} from 'plinth'
import { Resource } from 'plinth/decorators'
import { Author, Book, createLibrary } from '../serializer/library.js'
import { type Database, describeOnEngines } from '../support/engines.js'
import { type Served, serve } from './support/served.js'

/** Rules that were written without types, and forget to answer. */
const mute = { name: 'mute', allows: () => undefined } as unknown as Permission<unknown>
const later = { name: 'later', allows: async () => 'yes' } as unknown as Permission<unknown>
const muteRow = rowRule<unknown>('muteRow', () => undefined as never)

const rules: Readonly<Record<string, readonly [Permission<unknown>, string]>> = {
  mute: [mute, 'mute'],
  later: [later, 'later'],
  row: [muteRow, 'muteRow'],
  'not-mute': [except(mute), 'mute'],
  'not-row': [except(muteRow), 'muteRow'],
  'both-mute': [both(mute, anyone), 'mute'],
  'both-row': [
    both(
      muteRow,
      rowRule<unknown>('yes', () => true),
    ),
    'muteRow',
  ],
  'either-row': [
    either(
      rowRule<unknown>('no', () => false),
      muteRow,
    ),
    'muteRow',
  ],
  'either-mute': [either(mute, anyone), 'mute'],
}

const viewSetFor = (name: string, rule: Permission<unknown>) => {
  @Resource(`/${name}`)
  class Ruled extends BulkActionMixin(
    ModelViewSet(Book, {
      serializer: class BookSerializer extends Serializer(Book, { fields: ['id', 'title'] }) {},
      permissions: { '*': rule },
      only: ['retrieve', 'partialUpdate', 'destroy'],
    }),
    { allow: rule, actions: ['update', 'delete'] },
  ) {}
  return Ruled
}

@Resource('/fields')
class FieldRules extends ModelViewSet(Book, {
  serializer: class BookSerializer extends Serializer(Book, {
    fields: ['id', 'title'],
    rules: { title: { write: mute } },
  }) {},
  permissions: { '*': anyone },
}) {}

/** An error and its causes, in words. */
const causesOf = (error: unknown): string => (error instanceof Error ? `${error.message} ${causesOf(error.cause)}` : '')

describeOnEngines('A rule that answers neither yes nor no', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served
  let id: string
  const logged: string[] = []

  before(async () => {
    ;({ database, dataSource } = await createLibrary(engine))
    const logger: Logger = {
      ...silentLogger,
      error: (_message, fields) => void logged.push(causesOf((fields as { readonly error: unknown }).error)),
    }
    const viewSets = [...Object.entries(rules).map(([name, [rule]]) => viewSetFor(name, rule)), FieldRules]
    served = await serve({ dataSource, viewSets, logger })
    const author = await dataSource.getRepository(Author).save({ name: 'a', email: 'a@example.org' })
    ;({ id } = await dataSource.getRepository(Book).save({ title: 'a book', author }))
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  for (const [name, [, told]] of Object.entries(rules)) {
    it(`refuses nobody and lets nobody in: it is an error of the program (${name})`, async () => {
      logged.length = 0
      const answers = [
        await served.request('GET', `/${name}/${id}`, { as: 'ada' }),
        await served.request('PATCH', `/${name}/${id}`, { as: 'ada', body: { title: 'changed' } }),
        await served.request('DELETE', `/${name}/${id}`, { as: 'ada' }),
        await served.request('POST', `/${name}/bulk/update`, {
          as: 'ada',
          body: { items: [{ id, title: 'changed' }] },
        }),
        await served.request('POST', `/${name}/bulk/delete`, { as: 'ada', body: { ids: [id] } }),
      ]
      expect(answers.map(({ status, body }) => [status, body['code']])).to.deep.equal(
        answers.map(() => [500, 'INTERNAL_ERROR']),
      )
      expect(answers.map(({ text }) => text).join()).to.not.contain('answered')
      expect(logged).to.have.length(answers.length)
      for (const line of logged)
        expect(line).to.contain(`The rule "${told}" answered`).and.to.contain('[E_RULE_ANSWER]')
      expect((await dataSource.getRepository(Book).find()).map(({ title }) => title)).to.deep.equal(['a book'])
    })
  }

  it('is one where it is about a field, too', async () => {
    logged.length = 0
    const answer = await served.request('PATCH', `/fields/${id}`, { as: 'ada', body: { title: 'changed' } })
    expect(answer.status).to.equal(500)
    expect(logged.join()).to.contain('The rule "mute" answered nothing')
    expect((await dataSource.getRepository(Book).find()).map(({ title }) => title)).to.deep.equal(['a book'])
  })
})
