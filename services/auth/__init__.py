"""Auth: a login function behind the Lambda Invoke API, signed calls only."""
