import { DataSource, type Migration } from 'typeorm'

/** Who runs work with connections that have no limits of their own. */
interface Unlimited {
  withoutLimits<T>(work: () => Promise<T>): Promise<T>
}

/** TypeORM's data source, whose changes of the schema may take as long as they take. */
export abstract class PatientDataSource extends DataSource {
  abstract readonly units: Unlimited

  /** Sees to what is needed once it is connected. */
  protected abstract started(): Promise<void>

  /** Sees to what is needed once tables may have been made. */
  protected abstract schemaChanged(): Promise<void>

  override initialize(): Promise<this> {
    return this.units.withoutLimits(async () => {
      await super.initialize()
      await this.started()
      return this
    })
  }

  override synchronize(dropBeforeSync?: boolean): Promise<void> {
    return this.units.withoutLimits(async () => {
      await super.synchronize(dropBeforeSync)
      await this.schemaChanged()
    })
  }

  override dropDatabase(): Promise<void> {
    return this.units.withoutLimits(() => super.dropDatabase())
  }

  override runMigrations(options?: Parameters<DataSource['runMigrations']>[0]): Promise<Migration[]> {
    return this.units.withoutLimits(async () => {
      const run = await super.runMigrations(options)
      await this.schemaChanged()
      return run
    })
  }

  override undoLastMigration(options?: Parameters<DataSource['undoLastMigration']>[0]): Promise<void> {
    return this.units.withoutLimits(() => super.undoLastMigration(options))
  }
}
