// What may be imported beside modules.
declare module '*.css'
