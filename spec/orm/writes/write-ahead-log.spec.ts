import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { createDataSource, type ModelDataSource } from 'plinth'
import { type SoftDeletable, SoftDelete, type Timestamped, Timestamps } from 'plinth/decorators'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { changeRow } from '../../../src/orm/writes/by-statement/one-row.js'

interface Page extends Timestamped, SoftDeletable {}
@Entity('logged_pages')
@Timestamps()
@SoftDelete()
class Page {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ type: 'text' }) body!: string
}

/** SQLite copies its log into the file, and begins it anew, after 1,000 pages of 4,096 bytes; each has a head of 24. */
const copiedAfter = 1000 * (4096 + 24)
/** Pages whose bytes stay as they were are not written. */
const bodyOf = (round: number): string => String(round % 10).repeat(50_000)

describe('The write-ahead log of SQLite', () => {
  let folder: string
  let dataSource: ModelDataSource

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-'))
    const database = join(folder, 'pages.sqlite')
    dataSource = createDataSource({ type: 'sqlite', database, entities: [Page], synchronize: true })
    await dataSource.initialize()
  })
  after(async () => {
    await dataSource?.destroy()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  it('does not grow with the statements that write single rows', async () => {
    const rows = dataSource.getRepository(Page)
    await rows.insert({ id: 1, body: bodyOf(0) })
    for (let round = 1; round <= 300; round++) {
      const written = await changeRow(rows.select() as never, 1, { body: bodyOf(round) })
      expect(written?.['body']).to.equal(bodyOf(round))
    }
    const { size } = await stat(join(folder, 'pages.sqlite-wal'))
    expect(size).to.be.below(2 * copiedAfter)
  })
})
