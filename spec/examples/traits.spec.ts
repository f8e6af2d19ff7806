import { expect } from 'chai'
import { ConflictError, createDataSource, type ModelDataSource, PermissionDeniedError } from 'plinth'
import { type UuidIdentified, UuidPk } from 'plinth/decorators'
import { Column, Entity } from 'typeorm'
import { type CanPublish, Publishable } from '../../examples/traits/publishable.js'
import { type BelongsToTenant, Tenanted, tenant } from '../../examples/traits/tenanted.js'
import { type HasVersion, Versioned } from '../../examples/traits/versioned.js'
import { type Database, describeOnEngines } from '../support/engines.js'

interface Article extends UuidIdentified, HasVersion, BelongsToTenant, CanPublish {}
@UuidPk()
@Versioned()
@Tenanted()
@Publishable()
@Entity()
class Article {
  @Column({ type: 'varchar', length: 80 })
  title!: string
}

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

describeOnEngines('Traits of third parties', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Article], synchronize: true }).initialize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const articles = () => dataSource.getRepository(Article)
  const write = (title: string) => articles().save(articles().create({ title }))

  it('Versioned lets one of two writers win', async () => {
    await tenant.run('versions', async () => {
      const { id } = await write('one')
      const [mine, theirs] = [await articles().findOneByOrFail({ id }), await articles().findOneByOrFail({ id })]
      await articles().save(Object.assign(mine, { title: 'two' }))
      const refused = await failure(articles().save(Object.assign(theirs, { title: 'three' })))
      expect(refused).to.be.instanceOf(ConflictError).with.property('errorCode', 'STALE')
      const { title, version } = await articles().findOneByOrFail({ id })
      expect([title, version]).to.deep.equal(['two', 2])
    })
  })

  it('Tenanted shows and changes only rows of the tenant', async () => {
    const { id } = await tenant.run('acme', () => write('ours'))
    await tenant.run('other', async () => {
      expect(await articles().findOneBy({ id })).to.equal(null)
      expect((await articles().update(id, { title: 'theirs' })).affected).to.equal(0)
      const foreign = articles().create({ title: 'smuggled', tenantId: 'acme' })
      expect(await failure(articles().save(foreign))).to.have.property('errorCode', 'OUTSIDE_SCOPE')
    })
    const { title, tenantId } = await tenant.run('acme', () => articles().findOneByOrFail({ id }))
    expect([title, tenantId]).to.deep.equal(['ours', 'acme'])
  })

  it('Tenanted refuses to run without a tenant', async () => {
    expect(await failure(articles().find()))
      .to.be.instanceOf(PermissionDeniedError)
      .with.property('errorCode', 'CONTEXT_MISSING')
  })

  it('Publishable has views and a verb with input', async () => {
    await tenant.run('press', async () => {
      const [{ id }] = [await write('news'), await write('draft')]
      const at = new Date('2026-03-01T12:00:00.000Z')
      expect((await articles().publish(id, { at })).affected).to.equal(1)
      expect((await articles().published().find()).map((row) => [row.title, row.publishedAt])).to.deep.equal([
        ['news', at],
      ])
      expect((await articles().drafts().find()).map((row) => row.title)).to.deep.equal(['draft'])
      expect(await failure(articles().publish(id, { at }))).to.have.property('errorCode', 'PUBLISHED')
      await articles().unpublish(id)
      expect(await articles().published().count()).to.equal(0)
    })
  })
})
