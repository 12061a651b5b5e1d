"""The desk: the caseworker's web application and its API, around any installed workflow.

The trace store is the only record of a case; beside it lie the desk's own tables (people, sign-ins, the work list,
the queue of model work, switches), written in the same transaction. The model reads in a queue; a person confirms,
decides and signs. `web.app.create_app(settings)` gives the application; what a page and the API may do is in
`actions`, and only there.
"""
