import { expect } from 'chai'
import type { QueryRunner } from 'typeorm'
import { type ModelDataSource, ServiceUnavailableError, UnitOfWorkError } from '../../../src/index.js'
import { describeOnEngines } from '../../support/engines.js'
import { failure, Item, item, names, openShop, type Shop } from './shop.js'

describeOnEngines('A damaged unit of work', (engine) => {
  let shop: Shop
  let dataSource: ModelDataSource

  before(async () => {
    shop = await openShop(engine)
    dataSource = shop.dataSource
  })
  after(() => shop?.close())
  beforeEach(async () => {
    await dataSource.getRepository(Item).clear()
    await dataSource.getRepository(Item).insert(item('taken'))
  })

  const insert = (name: string) => dataSource.getRepository(Item).insert(item(name))
  const swallowed = () => insert('taken').catch(() => undefined)

  it('never reports success for what the database undid', async () => {
    const outcome = await dataSource
      .atomic(async () => {
        await insert('before')
        await swallowed()
      })
      .then(
        () => 'kept',
        (error: UnitOfWorkError) => error,
      )
    if (engine.name === 'postgres') {
      expect(outcome).to.be.instanceOf(UnitOfWorkError).with.property('code', 'UNIT_ABORTED')
      expect((outcome as Error).cause).to.have.property('name', 'QueryFailedError')
      expect(await names(dataSource)).to.deep.equal(['taken'])
    } else {
      expect(outcome).to.equal('kept')
      expect(await names(dataSource)).to.deep.equal(['before', 'taken'])
    }
  })

  if (engine.name === 'postgres') {
    it('refuses the statements after a swallowed error, and says which error it was', async () => {
      const error = await failure(
        dataSource.atomic(async () => {
          await swallowed()
          await insert('after')
        }),
      )
      expect(error).to.have.property('code', 'UNIT_ABORTED')
      expect(error.cause).to.have.nested.property('driverError.code', '23505')
    })

    it('is noticed in transactions of TypeORM and in savepoints too', async () => {
      const transaction = dataSource.transaction(async () => {
        await swallowed()
      })
      expect(await failure(transaction)).to.have.property('code', 'UNIT_ABORTED')
      await dataSource.atomic(async () => {
        await insert('outer')
        expect(await failure(dataSource.atomic(swallowed))).to.have.property('code', 'UNIT_ABORTED')
      })
      const runner = dataSource.createQueryRunner()
      await runner.startTransaction()
      await runner.manager.insert(Item, item('taken')).catch(() => undefined)
      expect(await failure(runner.commitTransaction())).to.have.property('code', 'UNIT_ABORTED')
      await runner.release()
      expect(await names(dataSource)).to.deep.equal(['outer', 'taken'])
    })

    it('is noticed when a statement failed that was sent around the data source', async () => {
      const unit = dataSource.atomic(async () => {
        await insert('before')
        const client = (await dataSource.createQueryRunner().connect()) as { query(sql: string): Promise<unknown> }
        await client.query('SELECT no_such_column').catch(() => undefined)
      })
      expect(await failure(unit)).to.have.property('code', 'UNIT_ABORTED')
      expect(await names(dataSource)).to.deep.equal(['taken'])
    })

    describe('when the server answers COMMIT with an error', () => {
      before(() =>
        dataSource.query(`
          CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF NEW.name = 'slow' THEN PERFORM pg_sleep(5); END IF;
            IF NEW.name = 'race' THEN RAISE EXCEPTION SQLSTATE '40001'; END IF;
            IF NEW.name = 'refused' THEN RAISE EXCEPTION SQLSTATE '23514'; END IF;
            RETURN NULL;
          END $$;
          CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON item
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION at_commit();
        `),
      )

      it('reports it, because the unit is known to be undone', async () => {
        expect(await failure(dataSource.atomic(() => insert('refused')))).to.have.nested.property('code', '23514')
        expect(await names(dataSource)).to.deep.equal(['taken'])
      })

      it('runs the unit again when it lost a race', async () => {
        let runs = 0
        await dataSource.atomic(() => insert((runs += 1) === 1 ? 'race' : 'won'))
        expect(runs).to.equal(2)
        expect(await names(dataSource)).to.deep.equal(['taken', 'won'])
      })

      it('says that the outcome is not known when the connection is lost, and does not run the unit again', async () => {
        let runs = 0
        const killed = killWhileItCommits()
        const unit = dataSource.atomic(async () => {
          runs += 1
          await insert('slow')
        })
        const error = await failure(unit)
        await killed
        expect(error).to.be.instanceOf(ServiceUnavailableError)
        expect(error).to.deep.include({ errorCode: 'OUTCOME_UNKNOWN', details: { outcome: 'unknown' } })
        expect(runs).to.equal(1)
        await insert('next')
      })
    })
  }

  /** Waits until a connection to this schema is in the middle of COMMIT, then ends it. */
  async function killWhileItCommits(): Promise<void> {
    const runner = dataSource.createQueryRunner()
    for (let killed = []; killed.length === 0; ) {
      killed = await runner.query(`
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE query = 'COMMIT' AND wait_event = 'PgSleep' AND application_name = current_setting('application_name')`)
    }
    await runner.release()
  }

  if (engine.name !== 'sqlite') {
    const idOf = async (runner: QueryRunner): Promise<number> => {
      const rows = await runner.query(
        `SELECT ${engine.name === 'postgres' ? 'pg_backend_pid()' : 'connection_id()'} AS id`,
      )
      return Number(rows[0].id)
    }
    const kill = (id: number) =>
      dataSource.query(engine.name === 'postgres' ? `SELECT pg_terminate_backend(${id})` : `KILL ${id}`)

    it('is undone when its connection is lost, and the pool stays whole', async () => {
      const ids = new Set<number>()
      const unit = dataSource.atomic(async () => {
        await insert('lost')
        const id = await idOf(dataSource.createQueryRunner())
        ids.add(id)
        const other = await dataSource.atomic(() => kill(id), { propagation: 'new' })
        expect(other).to.not.equal(undefined)
        await insert('never')
      })
      expect(await failure(unit)).to.be.instanceOf(Error)
      await Promise.all(
        Array.from({ length: 20 }, (_, number) =>
          dataSource.atomic(async () => {
            ids.delete(await idOf(dataSource.createQueryRunner()))
            await insert(`after-${number}`)
          }),
        ),
      )
      expect(ids.size).to.equal(1)
      expect(await names(dataSource)).to.have.length(21)
    })

    it('leaves no runner that believes to be in a transaction when it cannot begin', async () => {
      const runner = dataSource.createQueryRunner()
      await kill(await idOf(runner))
      expect(await failure(runner.startTransaction())).to.be.instanceOf(Error)
      expect(runner.isTransactionActive).to.equal(false)
      await runner.release()
      await dataSource.atomic(() => insert('next'))
      expect(await names(dataSource)).to.deep.equal(['next', 'taken'])
    })
  }

  if (engine.name === 'postgres') {
    it('does not hand a connection with an open transaction to others', async () => {
      const runner = dataSource.createQueryRunner()
      await runner.query('BEGIN')
      await runner.manager.insert(Item, item('left open'))
      await runner.release()
      await Promise.all(Array.from({ length: 20 }, (_, number) => insert(`later-${number}`)))
      expect(await names(dataSource)).to.have.length(21)
    })
  }
})
