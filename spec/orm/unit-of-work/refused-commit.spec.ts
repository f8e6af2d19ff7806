import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import Database from 'libsql'
import { createDataSource, type ModelDataSource, type ModelDataSourceOptions } from 'plinth'
import type { EntitySubscriberInterface } from 'typeorm'

const schema = `
  CREATE TABLE lands (id integer PRIMARY KEY NOT NULL, cities integer NOT NULL);
  CREATE TABLE cities (
    id integer PRIMARY KEY NOT NULL, "landId" integer NOT NULL REFERENCES lands (id) DEFERRABLE INITIALLY DEFERRED
  );
  INSERT INTO lands VALUES (1, 0);
`

/** Hears of statements, which are then sent in another way. */
const listening: EntitySubscriberInterface = { beforeQuery: () => {} }

describe('A COMMIT that SQLite refuses', () => {
  let folder: string
  let beside: InstanceType<typeof Database>
  let dataSource: ModelDataSource

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-'))
    const database = join(folder, 'lands.sqlite')
    beside = new Database(database)
    beside.exec(schema)
    const options = { type: 'sqlite', database, entities: [], proveSchema: false }
    dataSource = await createDataSource(options as ModelDataSourceOptions).initialize()
  })
  afterEach(async () => {
    await dataSource?.destroy()
    beside.close()
    await rm(folder, { recursive: true, force: true })
  })

  for (const [how, subscribers] of [
    ['alone', []],
    ['while somebody hears of statements', [listening]],
  ] as const) {
    it(`leaves nothing open behind it, ${how}`, async () => {
      dataSource.subscribers.push(...subscribers)
      const count = () => dataSource.query('SELECT cities FROM lands')
      const add = () => dataSource.query('UPDATE lands SET cities = cities + 1')
      const refused = await dataSource
        .atomic(() => dataSource.query('INSERT INTO cities VALUES (1, 777)'))
        .catch((error: Error) => error.message)
      expect(refused).to.match(/FOREIGN KEY constraint failed/)
      beside.exec('UPDATE lands SET cities = 10')
      expect(await count()).to.deep.equal([{ cities: 10 }])
      await dataSource.atomic(add)
      expect(await count()).to.deep.equal([{ cities: 11 }])
      expect(await dataSource.query('SELECT count(*) AS number FROM cities')).to.deep.equal([{ number: 0 }])
    })
  }
})
