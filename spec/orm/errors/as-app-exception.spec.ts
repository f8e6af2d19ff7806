import { expect } from 'chai'
import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm'
import {
  type Adds,
  type AppException,
  asAppException,
  ConflictError,
  column,
  contextVariable,
  createDataSource,
  defineTrait,
  eq,
  isNull,
  type ModelDataSource,
  NotFoundError,
  ServiceUnavailableError,
  ValidationError,
} from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'

const shop = contextVariable<string>('shop')

const Listed = defineTrait({
  name: 'Listed',
  defaults: {},
  columns: () => ({ hiddenAt: column.timestamp({ nullable: true }), shop: column.string({ length: 20 }) }),
  scopes: () => ({
    shown: { where: isNull('hiddenAt'), default: true },
    own: { where: eq('shop', shop), locked: true },
  }),
  indexes: () => [{ properties: ['title'], unique: 'visible' }],
})

class Size {
  @Column({ type: 'int' })
  width!: number
}

@Entity()
class Maker {
  @PrimaryColumn({ type: 'int' })
  id!: number
}

@Entity()
@Listed()
@Index(['series', 'volume'], { unique: true })
@Check('positive_price', 'cents > 0')
class Book {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'varchar', length: 10, name: 'book_title' })
  title!: string

  @Column({ type: 'varchar', length: 10 })
  series!: string

  @Column({ type: 'int' })
  volume!: number

  @Column({ type: 'int', name: 'cents' })
  price!: number

  @Column(() => Size)
  size!: Size

  @ManyToOne(() => Maker, { nullable: true })
  @JoinColumn()
  maker!: Relation<Maker> | null
}
interface Book extends Adds<typeof Listed> {}

type Values = Readonly<Record<string, unknown>>

/** Nothing a caller sees may tell values, SQL, or names of the database. */
function expectDiscreet({ message, errors, details }: AppException): void {
  const told = JSON.stringify({ message, errors, details })
  for (const secret of ['secret', 'book_title', 'cents', 'INSERT', 'UPDATE', 'UQ_', 'IDX_', '127.0.0.1']) {
    expect(told).not.to.contain(secret)
  }
}

const pointers = ({ errors }: AppException) => errors.map(({ pointer, code }) => `${pointer} ${code}`)

describeOnEngines('Errors of the database', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let number = 0

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Maker, Book] }).initialize()
    await dataSource.synchronize()
    await insert(Maker, { id: 1 })
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const insert = (entity: typeof Book | typeof Maker, values: Values) =>
    shop.run((values['shop'] as string | undefined) ?? 'a', () =>
      dataSource
        .createQueryBuilder()
        .insert()
        .into(entity)
        .values(values as object)
        .execute(),
    )

  const book = (values: Values = {}) => {
    number += 1
    const own = {
      id: number,
      title: `t${number}`,
      series: `s${number}`,
      volume: 1,
      price: 1,
      shop: 'a',
      maker: { id: 1 },
    }
    return { ...own, hiddenAt: null, size: { width: 1 }, ...values }
  }

  async function thrownBy(write: Promise<unknown>): Promise<AppException> {
    const error: unknown = await write.then(
      () => 'nothing',
      (thrown: unknown) => thrown,
    )
    const exception = asAppException(error, dataSource)
    if (!exception) throw error
    expect(exception.cause).to.equal(error)
    expectDiscreet(exception)
    return exception
  }

  it('duplicates name the properties of the unique index, and not what hides or owns rows', async () => {
    await insert(Book, book({ title: 'secret' }))
    const exception = await thrownBy(insert(Book, book({ title: 'secret' })))
    expect(exception).to.be.instanceOf(ConflictError)
    expect(exception).to.include({ statusCode: 409, errorCode: 'DUPLICATE' })
    expect(exception.message).to.equal('There is already a record with the same title.')
    expect(exception.errors).to.deep.equal([{ pointer: '#/title', code: 'unique', message: 'is already in use' }])
    await insert(Book, book({ title: 'secret', hiddenAt: new Date() }))
    await insert(Book, book({ title: 'secret', shop: 'b' }))
  })

  it('duplicates of several columns name all of them, and those of primary keys the key', async () => {
    await insert(Book, book({ series: 'secret', volume: 7 }))
    const pair = await thrownBy(insert(Book, book({ series: 'secret', volume: 7 })))
    expect(pointers(pair)).to.deep.equal(['#/series unique', '#/volume unique'])
    expect(pointers(await thrownBy(insert(Maker, { id: 1 })))).to.deep.equal(['#/id unique'])
    expect(pointers(await thrownBy(insert(Book, book({ id: 1 }))))).to.deep.equal(['#/id unique'])
  })

  it('duplicates made by an update too', async () => {
    await insert(Book, book({ id: 9001, series: 'one', volume: 1 }))
    await insert(Book, book({ id: 9002, series: 'two', volume: 1 }))
    const update = dataSource.query("UPDATE book SET series = 'one' WHERE id = 9002")
    expect(pointers(await thrownBy(update))).to.deep.equal(['#/series unique', '#/volume unique'])
  })

  it('references to what does not exist name the relation', async () => {
    const exception = await thrownBy(insert(Book, book({ maker: { id: 77 } })))
    expect(exception).to.be.instanceOf(ValidationError)
    expect(pointers(exception)).to.deep.equal(['#/maker reference'])
  })

  it('removing what others refer to is a conflict', async () => {
    await insert(Maker, { id: 5 })
    await insert(Book, book({ maker: { id: 5 } }))
    const exception = await thrownBy(dataSource.query('DELETE FROM maker WHERE id = 5'))
    expect(exception).to.be.instanceOf(ConflictError)
    expect(exception).to.include({ errorCode: 'REFERENCED', message: 'Other records still refer to this one.' })
    expect(exception.errors).to.deep.equal([])
  })

  it('values that are required name their property', async () => {
    const exception = await thrownBy(insert(Book, book({ title: null })))
    expect(exception).to.be.instanceOf(ValidationError).with.property('message', 'title is required.')
    expect(exception.errors).to.deep.equal([{ pointer: '#/title', code: 'required', message: 'is required' }])
    expect(pointers(await thrownBy(insert(Book, book({ size: { width: null } }))))).to.deep.equal([
      '#/size/width required',
    ])
    const without = dataSource.query('INSERT INTO maker (id) VALUES (NULL)')
    if (engine.name !== 'sqlite') expect(pointers(await thrownBy(without))).to.deep.equal(['#/id required'])
  })

  it('values that are missing altogether name their property', async () => {
    const incomplete = dataSource.query("INSERT INTO book (id, series, volume, cents, shop) VALUES (1, 'x', 1, 1, 'a')")
    expect(pointers(await thrownBy(incomplete))).to.deep.equal(['#/title required'])
  })

  it('values that a check refuses name the properties of the check', async () => {
    // TypeORM does not make checks on MariaDB.
    if (engine.name === 'mariadb')
      await dataSource.query('ALTER TABLE book ADD CONSTRAINT positive_price CHECK (cents > 0)')
    await insert(Book, book({ id: 9003 }))
    const refused = dataSource.query('UPDATE book SET cents = -1 WHERE id = 1')
    expect(pointers(await thrownBy(refused))).to.deep.equal(['#/price check'])
  })

  if (engine.name !== 'sqlite') {
    it('texts that are too long name their property and its length', async () => {
      const exception = await thrownBy(insert(Book, book({ title: 'secret and long' })))
      expect(exception.errors).to.deep.equal([
        { pointer: '#/title', code: 'maxLength', message: 'is too long', params: { maxLength: 10 } },
      ])
      const update = dataSource.createQueryBuilder().update(Book).set({ title: 'secret and long' }).where('id = 1')
      expect(pointers(await thrownBy(shop.run('a', () => update.execute())))).to.deep.equal(['#/title maxLength'])
      await insert(Book, book({ series: '😀'.repeat(10) }))
    })

    it('numbers out of range name their property', async () => {
      const exception = await thrownBy(insert(Book, book({ volume: 2 ** 31 })))
      expect(exception).to.be.instanceOf(ValidationError)
      expect(pointers(exception)).to.deep.equal(['#/volume range'])
    })

    it('malformed values name their property', async () => {
      expect(pointers(await thrownBy(insert(Book, book({ volume: 'secret' }))))).to.deep.equal(['#/volume malformed'])
    })
  }

  if (engine.name === 'postgres') {
    it('texts that the database cannot store name their property', async () => {
      expect(pointers(await thrownBy(insert(Book, book({ title: 'nul\0' }))))).to.deep.equal(['#/title malformed'])
    })

    it('malformed values in a condition are the fault of the input', async () => {
      const exception = await thrownBy(dataSource.query('SELECT * FROM book WHERE id = $1', ['secret']))
      expect(exception).to.be.instanceOf(ValidationError)
      expect(exception.errors).to.deep.equal([])
    })

    it('statements that take too long, or wait for a lock, make the database unavailable', async () => {
      const slow = dataSource.atomic(async () => {
        await dataSource.query('SET LOCAL statement_timeout = 1')
        await dataSource.query('SELECT pg_sleep(1)')
      })
      expect(await thrownBy(slow)).to.include({ statusCode: 503, errorCode: 'STATEMENT_TIMEOUT' })
      await dataSource.atomic(async () => {
        await dataSource.query('SELECT * FROM book WHERE id = 1 FOR UPDATE')
        const nowait = () => dataSource.query('SELECT * FROM book WHERE id = 1 FOR UPDATE NOWAIT')
        expect(await thrownBy(dataSource.atomic(nowait, { propagation: 'new' }))).to.have.property(
          'errorCode',
          'LOCK_TIMEOUT',
        )
      })
    })
  }

  if (engine.name === 'mariadb') {
    it('a statement that somebody interrupts makes the database unavailable', async () => {
      const interrupted = dataSource.atomic(() => dataSource.query('KILL QUERY CONNECTION_ID()'))
      expect(await thrownBy(interrupted)).to.include({ statusCode: 503, errorCode: 'STATEMENT_TIMEOUT' })
    })
  }

  if (engine.name !== 'sqlite') {
    it('a lost connection makes the database unavailable', async () => {
      const id = engine.name === 'postgres' ? 'pg_backend_pid()' : 'connection_id()'
      const kill = engine.name === 'postgres' ? `SELECT pg_terminate_backend(${id})` : `KILL ${id}`
      const exception = await thrownBy(
        dataSource.atomic(() => dataSource.query(engine.name === 'postgres' ? kill : 'KILL CONNECTION_ID()')),
      )
      expect(exception).to.be.instanceOf(ServiceUnavailableError)
      expect(exception).to.have.property('errorCode', 'DATABASE_UNAVAILABLE')
    })

    it('a server that does not answer makes the database unavailable', async () => {
      const options = { ...database.options, port: 1, entities: [Maker] } as never
      const error = await createDataSource(options)
        .initialize()
        .catch((thrown: unknown) => thrown)
      expect(asAppException(error, dataSource)).to.have.property('errorCode', 'DATABASE_UNAVAILABLE')
    })
  }

  it('a lost race makes the database unavailable for the moment', async () => {
    if (engine.name === 'sqlite') return
    const raise =
      engine.name === 'postgres'
        ? "DO $$ BEGIN RAISE EXCEPTION SQLSTATE '40001'; END $$"
        : "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213"
    const exception = await thrownBy(dataSource.atomic(() => dataSource.query(raise), { retries: 0 }))
    expect(exception).to.deep.include({ errorCode: 'CONTENTION', statusCode: 503, details: { retryAfter: 1 } })
  })

  it('a record that is not there is not found', async () => {
    const missing = dataSource.manager.findOneByOrFail(Maker, { id: 404 })
    expect(await thrownBy(missing)).to.be.instanceOf(NotFoundError)
  })

  it('everything else is not told, and exceptions stay as they are', async () => {
    const error = await dataSource.query('SELECT nonsense').catch((thrown: unknown) => thrown)
    expect(error).to.be.instanceOf(Error)
    expect(asAppException(error, dataSource)).to.equal(undefined)
    expect(asAppException(new Error('own'), dataSource)).to.equal(undefined)
    expect(asAppException('text', dataSource)).to.equal(undefined)
    const own = new ConflictError('own')
    expect(asAppException(own, dataSource)).to.equal(own)
  })
})
