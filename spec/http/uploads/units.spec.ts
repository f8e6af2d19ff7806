import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { Length } from 'class-validator'
import {
  createDataSource,
  idempotencyKeys,
  LocalFileStorage,
  type ModelDataSource,
  ModelViewSet,
  type RowCall,
  Serializer,
  ServiceResult,
  ServiceUnavailableError,
  signedIn,
  type UploadedFile,
} from 'plinth'
import { Action, Resource } from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn, QueryFailedError } from 'typeorm'
import { asAppException } from '../../../src/orm/errors/as-app-exception.js'
import { type Directory, temporaryDirectory } from '../../files/support/directory.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { type Service, servings } from '../../support/http.js'
import { formOf, formType } from './support/form.js'

@Entity()
class Album {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) @Length(1, 40) name!: string
  @Column({ type: 'varchar', length: 40, nullable: true }) cover!: string | null
  @Column({ default: 0 }) changes!: number
}

class AlbumSerializer extends Serializer(Album, {
  fields: ['id', 'name', 'cover', 'changes'],
  readOnly: ['cover', 'changes'],
}) {}

const upload = { cover: { maxMegabytes: 1, types: ['text/plain'] } } as const
type Covered = RowCall<Album, undefined, {}, { readonly cover: UploadedFile }>

/** How drivers report that a unit lost a race. */
const lostRaces: Readonly<Record<string, object>> = {
  sqlite: { code: 'SQLITE_BUSY' },
  postgres: { code: '40P01', severity: 'ERROR' },
  mariadb: { errno: 1213, sqlState: '40001' },
}

/** What happens while an action runs. */
let during: (file: UploadedFile, source: ModelDataSource) => Promise<ServiceResult<Album> | undefined>
let dataSource: ModelDataSource

@Resource('/albums')
class AlbumViewSet extends ModelViewSet(Album, { serializer: AlbumSerializer, permissions: { '*': signedIn } }) {
  @Action({ method: 'put', on: 'row', path: 'cover', upload, allow: signedIn })
  async cover({ row, files: { cover } }: Covered) {
    await this.write(row, cover)
    return (await during(cover, dataSource)) ?? ServiceResult.success(row)
  }

  @Action({ method: 'post', on: 'row', path: 'cover', upload, idempotency: 'required', allow: signedIn })
  async coverOnce({ row, files: { cover } }: Covered) {
    await this.write(row, cover)
    return row
  }

  @Action({ method: 'patch', on: 'row', path: 'cover', upload, allow: signedIn })
  async tryCover({ row, files: { cover } }: Covered) {
    await dataSource.getRepository(Album).increment({ id: row.id }, 'changes', 1)
    await dataSource.atomic(async () => {
      await this.write(row, cover)
      return ServiceResult.failure('no')
    })
    return ServiceResult.success(row)
  }

  private async write(row: Album, file: UploadedFile): Promise<void> {
    row.cover = await file.store()
    const repository = dataSource.getRepository(Album)
    await repository.increment({ id: row.id }, 'changes', 1)
    await repository.update({ id: row.id }, { cover: row.cover })
  }
}

const album = async (): Promise<Album> => {
  const repository = dataSource.getRepository(Album)
  return repository.save(repository.create({ name: 'A', cover: null }))
}
const stored = (id: number) => dataSource.getRepository(Album).findOneByOrFail({ id })

describeOnEngines('Uploads and units of work', (engine) => {
  let database: Database
  let directory: Directory
  let storage: LocalFileStorage
  let service: Service

  before(async () => {
    directory = await temporaryDirectory()
    storage = new LocalFileStorage({ directory: directory.path })
    database = await engine.create()
    dataSource = createDataSource({ ...database.options, entities: [Album], tables: [idempotencyKeys] })
    await dataSource.initialize()
    await dataSource.synchronize()
    service = await servings[0]!.serve({
      viewSets: [AlbumViewSet],
      dataSource,
      files: storage,
      translate: (error) => asAppException(error, dataSource),
      authenticate: () => ({ id: 'ada', roles: [] }),
    })
  })
  after(async () => {
    await service?.close()
    if (dataSource?.isInitialized) await dataSource.destroy()
    await database?.drop()
    await directory?.remove()
  })

  const send = (id: number, content: string, method = 'PUT', headers = {}) =>
    service.ask(method, `/albums/${id}/cover`, {
      body: new Uint8Array(formOf({ name: 'cover', fileName: 'c.txt', content })),
      headers: { 'content-type': formType, ...headers },
    })
  const contentOf = async (key: string | null): Promise<string | undefined> => {
    const file = key === null ? undefined : await storage.get(key)
    return file && text(await file.open())
  }

  beforeEach(async () => {
    during = async () => undefined
    await directory.remove()
  })

  it('are found once their unit is committed, and not before', async () => {
    let found: unknown = 'nobody looked'
    during = async ({ key }) => {
      found = await storage.get(key)
      return undefined
    }
    const { id } = await album()
    expect((await send(id, 'one')).status).to.equal(200)
    expect(found).to.equal(undefined)
    expect(await contentOf((await stored(id)).cover)).to.equal('one')
    expect(await directory.files()).to.have.length(1)
  })

  const endings: readonly (readonly [string, () => Promise<ServiceResult<Album> | undefined>, number])[] = [
    ['fails', () => Promise.reject(new Error('no')), 500],
    ['returns a failure', async () => ServiceResult.failure('no'), 400],
    ['breaks a rule of the database', () => dataSource.query('INSERT INTO album (name) VALUES (NULL)'), 400],
  ]
  for (const [how, work, status] of endings) {
    it(`are gone where the action ${how}`, async () => {
      during = work
      const { id } = await album()
      expect((await send(id, 'one')).status).to.equal(status)
      expect((await stored(id)).cover).to.equal(null)
      expect(await directory.files()).to.deep.equal([])
    })
  }

  it('are gone where the savepoint in which they were stored is undone', async () => {
    const { id } = await album()
    expect((await send(id, 'one', 'PATCH')).status).to.equal(200)
    expect(await stored(id)).to.include({ cover: null, changes: 1 })
    expect(await directory.files()).to.deep.equal([])
  })

  it('are stored once where their unit has to run again', async () => {
    const { id } = await album()
    let runs = 0
    during = async () => {
      runs += 1
      const lost = Object.assign(new Error('deadlock'), lostRaces[engine.name])
      if (runs < 3) throw new QueryFailedError('UPDATE', [], lost)
      return undefined
    }
    expect((await send(id, 'one')).status).to.equal(200)
    expect(runs).to.equal(3)
    expect(await contentOf((await stored(id)).cover)).to.equal('one')
    expect((await stored(id)).changes).to.equal(1)
    expect(await directory.files()).to.have.length(1)
  })

  it('are told apart where many write one row at once', async () => {
    const { id } = await album()
    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => send(id, `cover ${index}`)))
    expect(answers.map(({ status }) => status)).to.deep.equal(answers.map(() => 200))
    const row = await stored(id)
    expect(row.changes).to.equal(12)
    const index = answers.findIndex(({ json }) => (json as Album).cover === row.cover)
    expect(await contentOf(row.cover)).to.equal(`cover ${index}`)
  })

  it('are one with their repetitions, whatever the boundary', async () => {
    const { id } = await album()
    const key = { 'idempotency-key': '"k1"' }
    const first = await send(id, 'one', 'POST', key)
    const again = await service.ask('POST', `/albums/${id}/cover`, {
      body: new Uint8Array(
        Buffer.from(
          formOf({ name: 'cover', fileName: 'c.txt', content: 'one' })
            .toString()
            .replaceAll('the-boundary-of-specs', 'another'),
        ),
      ),
      headers: { 'content-type': 'multipart/form-data; boundary=another', ...key },
    })
    expect([first.status, again.status, again.text]).to.deep.equal([200, 200, first.text])
    expect((await stored(id)).changes).to.equal(1)
    expect(await directory.files()).to.have.length(1)
    const other = await send(id, 'two', 'POST', key)
    expect([other.status, (other.json as { readonly code: string }).code]).to.deep.equal([
      422,
      'IDEMPOTENCY_KEY_REUSED',
    ])
    expect(await directory.files()).to.have.length(1)
  })

  it('are left for later where nobody knows whether the unit was committed', async () => {
    const { id } = await album()
    during = async () => {
      throw new ServiceUnavailableError('The connection was lost.', { errorCode: 'OUTCOME_UNKNOWN' })
    }
    expect((await send(id, 'one')).status).to.equal(503)
    expect((await directory.files()).map((path) => path.split('/')[0])).to.deep.equal(['pending'])
    const before = new Date(Date.now() + 60_000)
    const { kept } = await storage.recover({ before, isReferenced: () => true })
    expect(await contentOf(kept[0]!)).to.equal('one')
  })
})
