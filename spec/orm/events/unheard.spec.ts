import { expect } from 'chai'
import { createDataSource, DefinitionError, type ModelDataSource, on } from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { failure } from '../writes/library.js'
import { Article, Keyword, Mark, Numbered, Remark } from './press.js'

const heard = () => undefined

describeOnEngines('Writes whose rows nobody has read', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let stop: (() => void) | undefined

  before(async () => {
    database = await engine.create()
    const entities = [Keyword, Article, Remark, Mark]
    dataSource = await createDataSource({ ...database.options, entities }).initialize()
    await dataSource.synchronize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    await dataSource.query('DELETE FROM keyword')
    await keywords().insert({ id: 1, text: 'old' })
  })
  afterEach(() => stop?.())

  const keywords = () => dataSource.getRepository(Keyword)
  const texts = async () => (await keywords().find({ order: { id: 'ASC' } })).map(({ text }) => text)
  const upsert = () =>
    keywords().upsert(
      [
        { id: 1, text: 'new' },
        { id: 2, text: 'new' },
      ],
      ['id'],
    )
  const ignoring = () => keywords().createQueryBuilder().insert().values({ id: 1, text: 'new' }).orIgnore().execute()
  const selected = () =>
    dataSource
      .createQueryBuilder()
      .insert()
      .into(Keyword, ['id', 'text'])
      .valuesFromSelect(keywords().createQueryBuilder('k').select('k.id + 1').addSelect("'new'"))
      .execute()
  const clear = () => keywords().clear()

  const refusals: Readonly<
    Record<string, readonly [write: () => Promise<unknown>, listens: Parameters<typeof on<Keyword>>[1]]>
  > = {
    'an upsert, of which inserts are heard': [upsert, { beforeInsert: heard }],
    'an upsert, of which updates are heard': [upsert, { afterUpdate: heard }],
    'an insert that ignores what is there': [ignoring, { afterInsert: heard }],
    'an insert from a SELECT': [selected, { beforeInsert: heard }],
    'clear()': [clear, { afterDelete: heard }],
  }
  for (const [what, [write, listens]] of Object.entries(refusals)) {
    it(`are refused where somebody listens: ${what}`, async () => {
      stop = dataSource.events.listen(on(Numbered, listens))
      const error = await failure(write())
      expect(error).to.be.instanceOf(DefinitionError)
      expect(error.message)
        .to.match(/E_UNRULED_WRITE/)
        .and.to.match(/on\(\) at .*unheard\.spec/)
      expect(await texts()).to.deep.equal(['old'])
    })
  }

  it('are done where nobody listens to them, or to others', async () => {
    stop = dataSource.events.listen(on(Keyword, { beforeDelete: heard }), on(Mark, { afterInsert: heard }))
    await upsert()
    expect(await texts()).to.deep.equal(['new', 'new'])
    await ignoring()
    await keywords().delete(2)
    await selected()
    expect(await texts()).to.deep.equal(['new', 'new'])
    await dataSource.getRepository(Mark).insert({ id: 1 })
    await dataSource.getRepository(Mark).clear()
    expect(await dataSource.getRepository(Mark).count()).to.equal(0)
  })
})
