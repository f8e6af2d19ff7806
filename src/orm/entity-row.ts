import type { ObjectLiteral } from 'typeorm'

/** Any row of any entity: what TypeORM asks of the instances of entity classes. */
export type EntityRow = ObjectLiteral
