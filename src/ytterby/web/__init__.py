"""The web app and the assistants' door: the same functions as the command line, over HTTP and over the Model Context Protocol."""
