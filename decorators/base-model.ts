import { DefaultOrdering } from './default-ordering.js'
import { type Timestamped, Timestamps } from './timestamps.js'

export interface BaseModel extends Timestamped {}

/** A base for entities: when each row was created and written, newest first. The primary key breaks ties. */
@Timestamps({ index: true })
@DefaultOrdering({ by: ['-createdAt'] })
export abstract class BaseModel {}
