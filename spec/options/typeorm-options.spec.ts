import { expect } from 'chai'
import { createDataSource, type EngineOptions, type OptionNames, type SqliteOptions } from 'plinth'

/** Every option of TypeORM and its drivers, which the compiler keeps whole. */
const typeormOptions: OptionNames<EngineOptions | SqliteOptions> = {
  acquireTimeout: true,
  applicationName: true,
  bigNumberStrings: true,
  cache: true,
  charset: true,
  connectTimeout: true,
  connectTimeoutMS: true,
  database: true,
  dateStrings: true,
  debug: true,
  driver: true,
  dropSchema: true,
  enableQueryTimeout: true,
  enableWAL: true,
  entities: true,
  entityPrefix: true,
  entitySkipConstructor: true,
  extensions: true,
  extra: true,
  fileMustExist: true,
  flags: true,
  host: true,
  insecureAuth: true,
  installExtensions: true,
  invalidWhereValuesBehavior: true,
  isolateWhereStatements: true,
  isolationLevel: true,
  key: true,
  legacySpatialSupport: true,
  logNotifications: true,
  logger: true,
  logging: true,
  maxQueryExecutionTime: true,
  metadataTableName: true,
  migrations: true,
  migrationsRun: true,
  migrationsTableName: true,
  migrationsTransactionMode: true,
  multipleStatements: true,
  namingStrategy: true,
  nativeBinding: true,
  nativeDriver: true,
  parseInt8: true,
  password: true,
  poolErrorHandler: true,
  poolSize: true,
  port: true,
  prepareDatabase: true,
  readonly: true,
  relationLoadStrategy: true,
  replication: true,
  schema: true,
  socketPath: true,
  ssl: true,
  statementCacheSize: true,
  subscribers: true,
  supportBigNumbers: true,
  synchronize: true,
  timeout: true,
  timezone: true,
  trace: true,
  type: true,
  typename: true,
  url: true,
  useUTC: true,
  username: true,
  uuidExtension: true,
  verbose: true,
}

describe('Options of TypeORM', () => {
  it('are never taken for misspelt ones of a data source', () => {
    const names = Object.keys(typeormOptions).filter((name) => name !== 'type' && name !== 'entities')
    expect(names).to.include.members(['extra', 'cache', 'schema', 'subscribers'])
    for (const name of names) {
      const options = { type: 'postgres', entities: [], [name]: undefined }
      expect(() => createDataSource(options as never), name).not.to.throw()
    }
  })
})
