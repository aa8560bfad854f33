#!/bin/sh
echo "mpirun (Open MPI) 4.1.4"
